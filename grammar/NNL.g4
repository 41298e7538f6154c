grammar NNL;

unit : EOF ;

ERR : . ;
